"""The composite data types of HL7 v2 chapter 2A: the names of their components."""

TYPES = """
AUI Authorization Information
1 ST Authorization Number
2 DT Date
3 ST Source

CCD Charge Code and Date
1 ID Invocation Event
2 TS Date/Time

CNE Coded with No Exceptions
= CWE

CE Coded Element
= CWE

CNN Composite ID Number and Name Simplified
1 ST ID Number
2 ST Family Name
3 ST Given Name
4 ST Second and Further Given Names
5 ST Suffix
6 ST Prefix
7 IS Degree
8 IS Source Table
9 IS Assigning Authority - Namespace ID
10 ST Assigning Authority - Universal ID
11 ID Assigning Authority - Universal ID Type

CP Composite Price
1 MO Price
2 ID Price Type
3 NM From Value
4 NM To Value
5 CWE Range Units
6 ID Range Type

CQ Composite Quantity with Units
1 NM Quantity
2 CWE Units

CWE Coded with Exceptions
1 ST Identifier
2 ST Text
3 ID Name of Coding System
4 ST Alternate Identifier
5 ST Alternate Text
6 ID Name of Alternate Coding System
7 ST Coding System Version ID
8 ST Alternate Coding System Version ID
9 ST Original Text
10 ST Second Alternate Identifier
11 ST Second Alternate Text
12 ID Name of Second Alternate Coding System
13 ST Second Alternate Coding System Version ID
14 ST Coding System OID
15 ST Value Set OID
16 TS Value Set Version ID
17 ST Alternate Coding System OID
18 ST Alternate Value Set OID
19 TS Alternate Value Set Version ID
20 ST Second Alternate Coding System OID
21 ST Second Alternate Value Set OID
22 TS Second Alternate Value Set Version ID

CX Extended Composite ID with Check Digit
1 ST ID Number
2 ST Identifier Check Digit
3 ID Check Digit Scheme
4 HD Assigning Authority
5 ID Identifier Type Code
6 HD Assigning Facility
7 DT Effective Date
8 DT Expiration Date
9 CWE Assigning Jurisdiction
10 CWE Assigning Agency or Department
11 ST Security Check
12 ID Security Check Scheme

DLD Discharge to Location and Date
1 CWE Discharge to Location
2 TS Effective Date

DLN Driver's License Number
1 ST License Number
2 CWE Issuing State, Province, Country
3 DT Expiration Date

DR Date/Time Range
1 TS Range Start Date/Time
2 TS Range End Date/Time

ED Encapsulated Data
1 HD Source Application
2 ID Type of Data
3 ID Data Subtype
4 ID Encoding
5 TX Data

EI Entity Identifier
1 ST Entity Identifier
2 IS Namespace ID
3 ST Universal ID
4 ID Universal ID Type

EIP Entity Identifier Pair
1 EI Placer Assigned Identifier
2 EI Filler Assigned Identifier

ELD Error Location and Description
1 ST Segment ID
2 NM Segment Sequence
3 NM Field Position
4 CWE Code Identifying Error

ERL Error Location
1 ST Segment ID
2 NM Segment Sequence
3 NM Field Position
4 NM Field Repetition
5 NM Component Number
6 NM Sub-Component Number

FC Financial Class
1 CWE Financial Class Code
2 TS Effective Date

FN Family Name
1 ST Surname
2 ST Own Surname Prefix
3 ST Own Surname
4 ST Surname Prefix from Partner/Spouse
5 ST Surname from Partner/Spouse

HD Hierarchic Designator
1 IS Namespace ID
2 ST Universal ID
3 ID Universal ID Type

JCC Job Code/Class
1 CWE Job Code
2 CWE Job Class
3 TX Job Description Text

MO Money
1 NM Quantity
2 ID Denomination

MOC Money and Code
1 MO Monetary Amount
2 CWE Charge Code

MSG Message Type
1 ID Message Code
2 ID Trigger Event
3 ID Message Structure

NA Numeric Array
1 NM Value1
2 NM Value2
3 NM Value3
4 NM Value4

NDL Name with Date and Location
1 CNN Name
2 TS Start Date/Time
3 TS End Date/Time
4 IS Point of Care
5 IS Room
6 IS Bed
7 HD Facility
8 IS Location Status
9 IS Patient Location Type
10 IS Building
11 IS Floor

NR Numeric Range
1 NM Low Value
2 NM High Value

OG Observation Grouper
1 ST Original Sub-Identifier
2 NM Group
3 NM Sequence
4 ST Identifier

OSD Order Sequence Definition
1 ID Sequence/Results Flag
2 ST Placer Order Number: Entity Identifier
3 IS Placer Order Number: Namespace ID
4 ST Filler Order Number: Entity Identifier
5 IS Filler Order Number: Namespace ID
6 ST Sequence Condition Value
7 NM Maximum Number of Repeats
8 ST Placer Order Number: Universal ID
9 ID Placer Order Number: Universal ID Type
10 ST Filler Order Number: Universal ID
11 ID Filler Order Number: Universal ID Type

PL Person Location
1 HD Point of Care
2 HD Room
3 HD Bed
4 HD Facility
5 IS Location Status
6 IS Person Location Type
7 HD Building
8 HD Floor
9 ST Location Description
10 EI Comprehensive Location Identifier
11 HD Assigning Authority for Location

PLN Practitioner License or Other ID Number
1 ST ID Number
2 CWE Type of ID Number
3 ST State/Other Qualifying Information
4 DT Expiration Date

PPN Performing Person Time Stamp
1 ST Person Identifier
2 FN Family Name
3 ST Given Name
4 ST Second and Further Given Names
5 ST Suffix
6 ST Prefix
7 IS Degree
8 CWE Source Table
9 HD Assigning Authority
10 ID Name Type Code
11 ST Identifier Check Digit
12 ID Check Digit Scheme
13 ID Identifier Type Code
14 HD Assigning Facility
15 TS Date/Time Action Performed
16 ID Name Representation Code
17 CWE Name Context
18 DR Name Validity Range
19 ID Name Assembly Order
20 TS Effective Date
21 TS Expiration Date
22 ST Professional Suffix
23 CWE Assigning Jurisdiction
24 CWE Assigning Agency or Department
25 ST Security Check
26 ID Security Check Scheme

PRL Parent Result Link
1 CWE Parent Observation Identifier
2 OG Parent Observation Sub-Identifier
3 TX Parent Observation Value Descriptor

PT Processing Type
1 ID Processing ID
2 ID Processing Mode

RI Repeat Interval
1 CWE Repeat Pattern
2 ST Explicit Time Interval

RP Reference Pointer
1 ST Pointer
2 HD Application ID
3 ID Type of Data
4 ID Subtype

RPT Repeat Pattern
1 CWE Repeat Pattern Code
2 ID Calendar Alignment
3 NM Phase Range Begin Value
4 NM Phase Range End Value
5 NM Period Quantity
6 CWE Period Units
7 ID Institution Specified Time
8 ID Event
9 NM Event Offset Quantity
10 CWE Event Offset Units
11 GTS General Timing Specification

SAD Street Address
1 ST Street or Mailing Address
2 ST Street Name
3 ST Dwelling Number

SN Structured Numeric
1 ST Comparator
2 NM Num1
3 ST Separator/Suffix
4 NM Num2

SPS Specimen Source
1 CWE Specimen Source Name or Code
2 CWE Additives
3 TX Specimen Collection Method
4 CWE Body Site
5 CWE Site Modifier
6 CWE Collection Method Modifier Code
7 CWE Specimen Role

TQ Timing Quantity
1 CQ Quantity
2 RI Interval
3 ST Duration
4 TS Start Date/Time
5 TS End Date/Time
6 ST Priority
7 ST Condition
8 TX Text
9 ID Conjunction
10 OSD Order Sequencing
11 CWE Occurrence Duration
12 NM Total Occurrences

TS Time Stamp
1 DTM Time
2 ID Degree of Precision

VID Version Identifier
1 ID Version ID
2 CWE Internationalization Code
3 CWE International Version ID

XAD Extended Address
1 SAD Street Address
2 ST Other Designation
3 ST City
4 ST State or Province
5 ST Zip or Postal Code
6 ID Country
7 ID Address Type
8 ST Other Geographic Designation
9 CWE County/Parish Code
10 CWE Census Tract
11 ID Address Representation Code
12 DR Address Validity Range
13 TS Effective Date
14 TS Expiration Date
15 CWE Expiration Reason
16 ID Temporary Indicator
17 ID Bad Address Indicator
18 ID Address Usage
19 ST Addressee
20 ST Comment
21 NM Preference Order
22 CWE Protection Code
23 EI Address Identifier

XCN Extended Composite ID Number and Name for Persons
1 ST ID Number
2 FN Family Name
3 ST Given Name
4 ST Second and Further Given Names
5 ST Suffix
6 ST Prefix
7 IS Degree
8 CWE Source Table
9 HD Assigning Authority
10 ID Name Type Code
11 ST Identifier Check Digit
12 ID Check Digit Scheme
13 ID Identifier Type Code
14 HD Assigning Facility
15 ID Name Representation Code
16 CWE Name Context
17 DR Name Validity Range
18 ID Name Assembly Order
19 TS Effective Date
20 TS Expiration Date
21 ST Professional Suffix
22 CWE Assigning Jurisdiction
23 CWE Assigning Agency or Department
24 ST Security Check
25 ID Security Check Scheme

XON Extended Composite Name and ID Number for Organizations
1 ST Organization Name
2 CWE Organization Name Type Code
3 NM ID Number
4 ST Identifier Check Digit
5 ID Check Digit Scheme
6 HD Assigning Authority
7 ID Identifier Type Code
8 HD Assigning Facility
9 ID Name Representation Code
10 ST Organization Identifier

XPN Extended Person Name
1 FN Family Name
2 ST Given Name
3 ST Second and Further Given Names
4 ST Suffix
5 ST Prefix
6 IS Degree
7 ID Name Type Code
8 ID Name Representation Code
9 CWE Name Context
10 DR Name Validity Range
11 ID Name Assembly Order
12 TS Effective Date
13 TS Expiration Date
14 ST Professional Suffix
15 ST Called By

XTN Extended Telecommunication Number
1 ST Telephone Number
2 ID Telecommunication Use Code
3 ID Telecommunication Equipment Type
4 ST Communication Address
5 SNM Country Code
6 SNM Area/City Code
7 SNM Local Number
8 SNM Extension
9 ST Any Text
10 ST Extension Prefix
11 ST Speed Dial Code
12 ST Unformatted Telephone Number
13 TS Effective Start Date
14 TS Expiration Date
15 CWE Expiration Reason
16 CWE Protection Code
17 EI Shared Telecommunication Identifier
18 NM Preference Order
"""
