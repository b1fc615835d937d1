"""Segments of HL7 v2 chapter 4, and IHE's ZDS: orders, timing, imaging procedure, billing, contrast."""

SEGMENTS = """
ORC Common Order
1 ID Order Control
2 EI Placer Order Number
3 EI Filler Order Number
4 EIP Placer Group Number
5 ID Order Status
6 ID Response Flag
7 TQ Quantity/Timing
8 EIP Parent Order
9 TS Date/Time of Transaction
10 XCN Entered By
11 XCN Verified By
12 XCN Ordering Provider
13 PL Enterer's Location
14 XTN Call Back Phone Number
15 TS Order Effective Date/Time
16 CWE Order Control Code Reason
17 CWE Entering Organization
18 CWE Entering Device
19 XCN Action By
20 CWE Advanced Beneficiary Notice Code
21 XON Ordering Facility Name
22 XAD Ordering Facility Address
23 XTN Ordering Facility Phone Number
24 XAD Ordering Provider Address
25 CWE Order Status Modifier
26 CWE Advanced Beneficiary Notice Override Reason
27 TS Filler's Expected Availability Date/Time
28 CWE Confidentiality Code
29 CWE Order Type
30 CNE Enterer Authorization Mode
31 CWE Parent Universal Service Identifier
32 DT Advanced Beneficiary Notice Date
33 CX Alternate Placer Order Number
34 CWE Order Workflow Profile

OBR Observation Request
1 SI Set ID
2 EI Placer Order Number
3 EI Filler Order Number
4 CWE Universal Service Identifier
5 ID Priority
6 TS Requested Date/Time
7 TS Observation Date/Time
8 TS Observation End Date/Time
9 CQ Collection Volume
10 XCN Collector Identifier
11 ID Specimen Action Code
12 CWE Danger Code
13 CWE Relevant Clinical Information
14 TS Specimen Received Date/Time
15 SPS Specimen Source
16 XCN Ordering Provider
17 XTN Order Callback Phone Number
18 ST Placer Field 1
19 ST Placer Field 2
20 ST Filler Field 1
21 ST Filler Field 2
22 TS Results Rpt/Status Chng - Date/Time
23 MOC Charge to Practice
24 ID Diagnostic Serv Sect ID
25 ID Result Status
26 PRL Parent Result
27 TQ Quantity/Timing
28 XCN Result Copies To
29 EIP Parent Results Observation Identifier
30 ID Transportation Mode
31 CWE Reason for Study
32 NDL Principal Result Interpreter
33 NDL Assistant Result Interpreter
34 NDL Technician
35 NDL Transcriptionist
36 TS Scheduled Date/Time
37 NM Number of Sample Containers
38 CWE Transport Logistics of Collected Sample
39 CWE Collector's Comment
40 CWE Transport Arrangement Responsibility
41 ID Transport Arranged
42 ID Escort Required
43 CWE Planned Patient Transport Comment
44 CNE Procedure Code
45 CNE Procedure Code Modifier
46 CWE Placer Supplemental Service Information
47 CWE Filler Supplemental Service Information
48 CWE Medically Necessary Duplicate Procedure Reason
49 CWE Result Handling
50 CWE Parent Universal Service Identifier
51 EI Observation Group ID
52 EI Parent Observation Group ID
53 CX Alternate Placer Order Number
54 EIP Parent Order

TQ1 Timing/Quantity
1 SI Set ID
2 CQ Quantity
3 RPT Repeat Pattern
4 TM Explicit Time
5 CQ Relative Time and Units
6 CQ Service Duration
7 TS Start Date/Time
8 TS End Date/Time
9 CWE Priority
10 TX Condition Text
11 TX Text Instruction
12 ID Conjunction
13 CQ Occurrence Duration
14 NM Total Occurrences

TQ2 Timing/Quantity Relationship
1 SI Set ID
2 ID Sequence/Results Flag
3 EI Related Placer Number
4 EI Related Filler Number
5 EI Related Placer Group Number
6 ID Sequence Condition Code
7 ID Cyclic Entry/Exit Indicator
8 CQ Sequence Condition Time Interval
9 NM Cyclic Group Maximum Number of Repeats
10 ID Special Service Request Relationship

IPC Imaging Procedure Control
1 EI Accession Identifier
2 EI Requested Procedure ID
3 EI Study Instance UID
4 EI Scheduled Procedure Step ID
5 CWE Modality
6 CWE Protocol Code
7 EI Scheduled Station Name
8 CWE Scheduled Procedure Step Location
9 ST Scheduled Station AE Title

ZDS Study Instance UID (IHE)
1 RP Study Instance UID

BLG Billing
1 CCD When to Charge
2 ID Charge Type
3 CX Account ID
4 CWE Charge Type Reason

RXO Pharmacy/Treatment Order
1 CWE Requested Give Code
2 NM Requested Give Amount - Minimum
3 NM Requested Give Amount - Maximum
4 CWE Requested Give Units
5 CWE Requested Dosage Form
6 CWE Provider's Pharmacy/Treatment Instructions
7 CWE Provider's Administration Instructions
8 LA1 Deliver-To Location
9 ID Allow Substitutions
10 CWE Requested Dispense Code
11 NM Requested Dispense Amount
12 CWE Requested Dispense Units
13 NM Number of Refills
14 XCN Ordering Provider's DEA Number
15 XCN Pharmacist/Treatment Supplier's Verifier ID
16 ID Needs Human Review
17 ST Requested Give Per (Time Unit)
18 NM Requested Give Strength
19 CWE Requested Give Strength Units
20 CWE Indication
21 ST Requested Give Rate Amount
22 CWE Requested Give Rate Units
23 CQ Total Daily Dose
24 CWE Supplementary Code
25 NM Requested Drug Strength Volume
26 CWE Requested Drug Strength Volume Units
27 ID Pharmacy Order Type
28 NM Dispensing Interval
29 EI Medication Instance Identifier
30 EI Segment Instance Identifier
31 CNE Mood Code
32 CWE Dispensing Pharmacy
33 XAD Dispensing Pharmacy Address
34 PL Deliver-To Patient Location
35 XAD Deliver-To Address
36 XTN Pharmacy Phone Number

RXR Pharmacy/Treatment Route
1 CWE Route
2 CWE Administration Site
3 CWE Administration Device
4 CWE Administration Method
5 CWE Routing Instruction
6 CWE Administration Site Modifier
"""
