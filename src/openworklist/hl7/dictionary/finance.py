"""Segments of HL7 v2 chapter 6: diagnoses, procedures, guarantors, insurance, charges."""

SEGMENTS = """
DG1 Diagnosis
1 SI Set ID
2 ID Diagnosis Coding Method
3 CWE Diagnosis Code
4 ST Diagnosis Description
5 TS Diagnosis Date/Time
6 CWE Diagnosis Type
7 CWE Major Diagnostic Category
8 CWE Diagnostic Related Group
9 ID DRG Approval Indicator
10 IS DRG Grouper Review Code
11 CWE Outlier Type
12 NM Outlier Days
13 CP Outlier Cost
14 ST Grouper Version and Type
15 NM Diagnosis Priority
16 XCN Diagnosing Clinician
17 CWE Diagnosis Classification
18 ID Confidential Indicator
19 TS Attestation Date/Time
20 EI Diagnosis Identifier
21 ID Diagnosis Action Code
22 EI Parent Diagnosis
23 CWE DRG CCL Value Code
24 ID DRG Grouping Usage
25 CWE DRG Diagnosis Determination Status
26 CWE Present on Admission (POA) Indicator

PR1 Procedures
1 SI Set ID
2 IS Procedure Coding Method
3 CNE Procedure Code
4 ST Procedure Description
5 TS Procedure Date/Time
6 CWE Procedure Functional Type
7 NM Procedure Minutes
8 XCN Anesthesiologist
9 CWE Anesthesia Code
10 NM Anesthesia Minutes
11 XCN Surgeon
12 XCN Procedure Practitioner
13 CWE Consent Code
14 NM Procedure Priority
15 CWE Associated Diagnosis Code
16 CNE Procedure Code Modifier
17 CWE Procedure DRG Type
18 CWE Tissue Type Code
19 EI Procedure Identifier
20 ID Procedure Action Code
21 CWE DRG Procedure Determination Status
22 CWE DRG Procedure Relevance
23 PL Treating Organizational Unit
24 ID Respiratory Within Surgery
25 EI Parent Procedure ID

GT1 Guarantor
1 SI Set ID
2 CX Guarantor Number
3 XPN Guarantor Name
4 XPN Guarantor Spouse Name
5 XAD Guarantor Address
6 XTN Guarantor Ph Num - Home
7 XTN Guarantor Ph Num - Business
8 TS Guarantor Date/Time of Birth
9 CWE Guarantor Administrative Sex
10 CWE Guarantor Type
11 CWE Guarantor Relationship
12 ST Guarantor SSN
13 DT Guarantor Date - Begin
14 DT Guarantor Date - End
15 NM Guarantor Priority
16 XPN Guarantor Employer Name
17 XAD Guarantor Employer Address
18 XTN Guarantor Employer Phone Number
19 CX Guarantor Employee ID Number
20 CWE Guarantor Employment Status
21 XON Guarantor Organization Name
22 ID Guarantor Billing Hold Flag
23 CWE Guarantor Credit Rating Code
24 TS Guarantor Death Date and Time
25 ID Guarantor Death Flag
26 CWE Guarantor Charge Adjustment Code
27 CP Guarantor Household Annual Income
28 NM Guarantor Household Size
29 CX Guarantor Employer ID Number
30 CWE Guarantor Marital Status Code
31 DT Guarantor Hire Effective Date
32 DT Employment Stop Date
33 CWE Living Dependency
34 CWE Ambulatory Status
35 CWE Citizenship
36 CWE Primary Language
37 CWE Living Arrangement
38 CWE Publicity Code
39 ID Protection Indicator
40 CWE Student Indicator
41 CWE Religion
42 XPN Mother's Maiden Name
43 CWE Nationality
44 CWE Ethnic Group
45 XPN Contact Person's Name
46 XTN Contact Person's Telephone Number
47 CWE Contact Reason
48 CWE Contact Relationship
49 ST Job Title
50 JCC Job Code/Class
51 XON Guarantor Employer's Organization Name
52 CWE Handicap
53 CWE Job Status
54 FC Guarantor Financial Class
55 CWE Guarantor Race
56 ST Guarantor Birth Place
57 CWE VIP Indicator

IN1 Insurance
1 SI Set ID
2 CWE Health Plan ID
3 CX Insurance Company ID
4 XON Insurance Company Name
5 XAD Insurance Company Address
6 XPN Insurance Co Contact Person
7 XTN Insurance Co Phone Number
8 ST Group Number
9 XON Group Name
10 CX Insured's Group Emp ID
11 XON Insured's Group Emp Name
12 DT Plan Effective Date
13 DT Plan Expiration Date
14 AUI Authorization Information
15 CWE Plan Type
16 XPN Name of Insured
17 CWE Insured's Relationship to Patient
18 TS Insured's Date of Birth
19 XAD Insured's Address
20 CWE Assignment of Benefits
21 CWE Coordination of Benefits
22 ST Coord of Ben. Priority
23 ID Notice of Admission Flag
24 DT Notice of Admission Date
25 ID Report of Eligibility Flag
26 DT Report of Eligibility Date
27 CWE Release Information Code
28 ST Pre-Admit Cert (PAC)
29 TS Verification Date/Time
30 XCN Verification By
31 CWE Type of Agreement Code
32 CWE Billing Status
33 NM Lifetime Reserve Days
34 NM Delay Before L.R. Day
35 CWE Company Plan Code
36 ST Policy Number
37 CP Policy Deductible
38 CP Policy Limit - Amount
39 NM Policy Limit - Days
40 CP Room Rate - Semi-Private
41 CP Room Rate - Private
42 CWE Insured's Employment Status
43 CWE Insured's Administrative Sex
44 XAD Insured's Employer's Address
45 ST Verification Status
46 CWE Prior Insurance Plan ID
47 CWE Coverage Type
48 CWE Handicap
49 CX Insured's ID Number
50 CWE Signature Code
51 DT Signature Code Date
52 ST Insured's Birth Place
53 CWE VIP Indicator
54 CX External Health Plan Identifiers
55 ID Insurance Action Code

IN2 Insurance Additional Information
1 CX Insured's Employee ID
2 ST Insured's Social Security Number
3 XCN Insured's Employer's Name and ID
4 CWE Employer Information Data
5 CWE Mail Claim Party
6 ST Medicare Health Ins Card Number
7 XPN Medicaid Case Name
8 ST Medicaid Case Number
9 XPN Military Sponsor Name
10 ST Military ID Number
11 CWE Dependent of Military Recipient
12 ST Military Organization
13 ST Military Station
14 CWE Military Service
15 CWE Military Rank/Grade
16 CWE Military Status
17 DT Military Retire Date
18 ID Military Non-Avail Cert on File
19 ID Baby Coverage
20 ID Combine Baby Bill
21 ST Blood Deductible
22 XPN Special Coverage Approval Name
23 ST Special Coverage Approval Title
24 CWE Non-Covered Insurance Code
25 CX Payor ID
26 CX Payor Subscriber ID
27 CWE Eligibility Source
28 RMC Room Coverage Type/Amount
29 PTA Policy Type/Amount
30 DDI Daily Deductible
31 CWE Living Dependency
32 CWE Ambulatory Status
33 CWE Citizenship
34 CWE Primary Language
35 CWE Living Arrangement
36 CWE Publicity Code
37 ID Protection Indicator
38 CWE Student Indicator
39 CWE Religion
40 XPN Mother's Maiden Name
41 CWE Nationality
42 CWE Ethnic Group
43 CWE Marital Status
44 DT Insured's Employment Start Date
45 DT Employment Stop Date
46 ST Job Title
47 JCC Job Code/Class
48 CWE Job Status
49 XPN Employer Contact Person Name
50 XTN Employer Contact Person Phone Number
51 CWE Employer Contact Reason
52 XPN Insured's Contact Person's Name
53 XTN Insured's Contact Person Phone Number
54 CWE Insured's Contact Person Reason
55 DT Relationship to the Patient Start Date
56 DT Relationship to the Patient Stop Date
57 CWE Insurance Co Contact Reason
58 XTN Insurance Co Contact Phone Number
59 CWE Policy Scope
60 CWE Policy Source
61 CX Patient Member Number
62 CWE Guarantor's Relationship to Insured
63 XTN Insured's Phone Number - Home
64 XTN Insured's Employer Phone Number
65 CWE Military Handicapped Program
66 ID Suspend Flag
67 ID Copay Limit Flag
68 ID Stoploss Limit Flag
69 XON Insured Organization Name and ID
70 XON Insured Employer Organization Name and ID
71 CWE Race
72 CWE Patient's Relationship to Insured

ACC Accident
1 TS Accident Date/Time
2 CWE Accident Code
3 ST Accident Location
4 CWE Auto Accident State
5 ID Accident Job Related Indicator
6 ID Accident Death Indicator
7 XCN Entered By
8 ST Accident Description
9 ST Brought in By
10 ID Police Notified Indicator
11 XAD Accident Address
12 NM Degree of Patient Liability
13 EI Accident Identifier

FT1 Financial Transaction
1 SI Set ID
2 ST Transaction ID
3 ST Transaction Batch ID
4 DR Transaction Date
5 TS Transaction Posting Date
6 CWE Transaction Type
7 CWE Transaction Code
8 ST Transaction Description
9 ST Transaction Description - Alt
10 NM Transaction Quantity
11 CP Transaction Amount - Extended
12 CP Transaction Amount - Unit
13 CWE Department Code
14 CWE Health Plan ID
15 CP Insurance Amount
16 PL Assigned Patient Location
17 CWE Fee Schedule
18 CWE Patient Type
19 CWE Diagnosis Code
20 XCN Performed by Code
21 XCN Ordered by Code
22 CP Unit Cost
23 EI Filler Order Number
24 XCN Entered by Code
25 CNE Procedure Code
26 CNE Procedure Code Modifier
27 CWE Advanced Beneficiary Notice Code
28 CWE Medically Necessary Duplicate Procedure Reason
29 CWE NDC Code
30 CX Payment Reference ID
31 SI Transaction Reference Key
32 XON Performing Facility
33 XON Ordering Facility
34 CWE Item Number
35 ST Model Number
36 CWE Special Processing Code
37 CWE Clinic Code
38 CX Referral Number
39 CX Authorization Number
40 CWE Service Provider Taxonomy Code
41 CWE Revenue Code
42 ST Prescription Number
43 CQ NDC Qty and UOM
"""
