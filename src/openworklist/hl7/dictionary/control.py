"""Segments of HL7 v2 chapter 2: control, acknowledgement, notes, batches."""

SEGMENTS = """
MSH Message Header
1 ST Field Separator
2 ST Encoding Characters
3 HD Sending Application
4 HD Sending Facility
5 HD Receiving Application
6 HD Receiving Facility
7 TS Date/Time of Message
8 ST Security
9 MSG Message Type
10 ST Message Control ID
11 PT Processing ID
12 VID Version ID
13 NM Sequence Number
14 ST Continuation Pointer
15 ID Accept Acknowledgment Type
16 ID Application Acknowledgment Type
17 ID Country Code
18 ID Character Set
19 CWE Principal Language of Message
20 ID Alternate Character Set Handling Scheme
21 EI Message Profile Identifier
22 XON Sending Responsible Organization
23 XON Receiving Responsible Organization
24 HD Sending Network Address
25 HD Receiving Network Address

SFT Software
1 XON Software Vendor Organization
2 ST Software Certified Version or Release Number
3 ST Software Product Name
4 ST Software Binary ID
5 TX Software Product Information
6 TS Software Install Date

UAC User Authentication Credential
1 CWE User Authentication Credential Type Code
2 ED User Authentication Credential

MSA Message Acknowledgment
1 ID Acknowledgment Code
2 ST Message Control ID
3 ST Text Message
4 NM Expected Sequence Number
5 ID Delayed Acknowledgment Type
6 CWE Error Condition
7 NM Message Waiting Number
8 ID Message Waiting Priority

ERR Error
1 ELD Error Code and Location
2 ERL Error Location
3 CWE HL7 Error Code
4 ID Severity
5 CWE Application Error Code
6 ST Application Error Parameter
7 TX Diagnostic Information
8 TX User Message
9 CWE Inform Person Indicator
10 CWE Override Type
11 CWE Override Reason Code
12 XTN Help Desk Contact Point

NTE Notes and Comments
1 SI Set ID
2 ID Source of Comment
3 FT Comment
4 CWE Comment Type
5 XCN Entered By
6 TS Entered Date/Time
7 TS Effective Start Date
8 TS Expiration Date

ADD Addendum
1 ST Addendum Continuation Pointer

DSC Continuation Pointer
1 ST Continuation Pointer
2 ID Continuation Style

FHS File Header
1 ST File Field Separator
2 ST File Encoding Characters
3 HD File Sending Application
4 HD File Sending Facility
5 HD File Receiving Application
6 HD File Receiving Facility
7 TS File Creation Date/Time
8 ST File Security
9 ST File Name/ID
10 ST File Header Comment
11 ST File Control ID
12 ST Reference File Control ID
13 HD File Sending Network Address
14 HD File Receiving Network Address

FTS File Trailer
1 NM File Batch Count
2 ST File Trailer Comment

BHS Batch Header
1 ST Batch Field Separator
2 ST Batch Encoding Characters
3 HD Batch Sending Application
4 HD Batch Sending Facility
5 HD Batch Receiving Application
6 HD Batch Receiving Facility
7 TS Batch Creation Date/Time
8 ST Batch Security
9 ST Batch Name/ID/Type
10 ST Batch Comment
11 ST Batch Control ID
12 ST Reference Batch Control ID
13 HD Batch Sending Network Address
14 HD Batch Receiving Network Address

BTS Batch Trailer
1 ST Batch Message Count
2 ST Batch Comment
3 NM Batch Totals
"""
