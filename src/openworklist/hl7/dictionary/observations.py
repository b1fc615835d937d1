"""Segments of HL7 v2 chapters 7, 9 and 13: observations, trials, documents, specimens."""

SEGMENTS = """
OBX Observation/Result
1 SI Set ID
2 ID Value Type
3 CWE Observation Identifier
4 OG Observation Sub-ID
5 - Observation Value
6 CWE Units
7 ST References Range
8 CWE Interpretation Codes
9 NM Probability
10 ID Nature of Abnormal Test
11 ID Observation Result Status
12 TS Effective Date of Reference Range
13 ST User Defined Access Checks
14 TS Date/Time of the Observation
15 CWE Producer's ID
16 XCN Responsible Observer
17 CWE Observation Method
18 EI Equipment Instance Identifier
19 TS Date/Time of the Analysis
20 CWE Observation Site
21 EI Observation Instance Identifier
22 CNE Mood Code
23 XON Performing Organization Name
24 XAD Performing Organization Address
25 XCN Performing Organization Medical Director
26 ID Patient Results Release Category
27 CWE Root Cause
28 CWE Local Process Control
29 ID Observation Type
30 ID Observation Sub-Type

CTI Clinical Trial Identification
1 EI Sponsor Study ID
2 CWE Study Phase Identifier
3 CWE Study Scheduled Time Point

TXA Transcription Document Header
1 SI Set ID
2 CWE Document Type
3 ID Document Content Presentation
4 TS Activity Date/Time
5 XCN Primary Activity Provider Code/Name
6 TS Origination Date/Time
7 TS Transcription Date/Time
8 TS Edit Date/Time
9 XCN Originator Code/Name
10 XCN Assigned Document Authenticator
11 XCN Transcriptionist Code/Name
12 EI Unique Document Number
13 EI Parent Document Number
14 EI Placer Order Number
15 EI Filler Order Number
16 ST Unique Document File Name
17 ID Document Completion Status
18 ID Document Confidentiality Status
19 ID Document Availability Status
20 ID Document Storage Status
21 ST Document Change Reason
22 PPN Authentication Person, Time Stamp (set)
23 XCN Distributed Copies (Code and Name of Recipient(s))
24 CWE Folder Assignment
25 ST Document Title
26 TS Agreed Due Date/Time

SPM Specimen
1 SI Set ID
2 EIP Specimen ID
3 EIP Specimen Parent IDs
4 CWE Specimen Type
5 CWE Specimen Type Modifier
6 CWE Specimen Additives
7 CWE Specimen Collection Method
8 CWE Specimen Source Site
9 CWE Specimen Source Site Modifier
10 CWE Specimen Collection Site
11 CWE Specimen Role
12 CQ Specimen Collection Amount
13 NM Grouped Specimen Count
14 ST Specimen Description
15 CWE Specimen Handling Code
16 CWE Specimen Risk Code
17 DR Specimen Collection Date/Time
18 TS Specimen Received Date/Time
19 TS Specimen Expiration Date/Time
20 ID Specimen Availability
21 CWE Specimen Reject Reason
22 CWE Specimen Quality
23 CWE Specimen Appropriateness
24 CWE Specimen Condition
25 CQ Specimen Current Quantity
26 NM Number of Specimen Containers
27 CWE Container Type
28 CWE Container Condition
29 CWE Specimen Child Role
30 CX Accession ID
31 CX Other Specimen ID
32 EI Shipment ID

SAC Specimen Container Detail
1 EI External Accession Identifier
2 EI Accession Identifier
3 EI Container Identifier
4 EI Primary (Parent) Container Identifier
5 EI Equipment Container Identifier
6 SPS Specimen Source
7 TS Registration Date/Time
8 CWE Container Status
9 CWE Carrier Type
10 EI Carrier Identifier
11 NA Position in Carrier
12 CWE Tray Type
13 EI Tray Identifier
14 NA Position in Tray
15 CWE Location
16 NM Container Height
17 NM Container Diameter
18 NM Barrier Delta
19 NM Bottom Delta
20 CWE Container Height/Diameter/Delta Units
21 NM Container Volume
22 NM Available Specimen Volume
23 NM Initial Specimen Volume
24 CWE Volume Units
25 CWE Separator Type
26 CWE Cap Type
27 CWE Additive
28 CWE Specimen Component
29 SN Dilution Factor
30 CWE Treatment
31 SN Temperature
32 NM Hemolysis Index
33 CWE Hemolysis Index Units
34 NM Lipemia Index
35 CWE Lipemia Index Units
36 NM Icterus Index
37 CWE Icterus Index Units
38 NM Fibrin Index
39 CWE Fibrin Index Units
40 CWE System Induced Contaminants
41 CWE Drug Interference
42 CWE Artificial Blood
43 CWE Special Handling Code
44 CWE Other Environmental Factors
"""
