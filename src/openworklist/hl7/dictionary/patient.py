"""Segments of HL7 v2 chapter 3: the event, the patient, kin, visit, allergies, merge."""

SEGMENTS = """
EVN Event Type
1 ID Event Type Code
2 TS Recorded Date/Time
3 TS Date/Time Planned Event
4 CWE Event Reason Code
5 XCN Operator ID
6 TS Event Occurred
7 HD Event Facility

PID Patient Identification
1 SI Set ID
2 CX Patient ID
3 CX Patient Identifier List
4 CX Alternate Patient ID
5 XPN Patient Name
6 XPN Mother's Maiden Name
7 TS Date/Time of Birth
8 CWE Administrative Sex
9 XPN Patient Alias
10 CWE Race
11 XAD Patient Address
12 IS County Code
13 XTN Phone Number - Home
14 XTN Phone Number - Business
15 CWE Primary Language
16 CWE Marital Status
17 CWE Religion
18 CX Patient Account Number
19 ST SSN Number
20 DLN Driver's License Number
21 CX Mother's Identifier
22 CWE Ethnic Group
23 ST Birth Place
24 ID Multiple Birth Indicator
25 NM Birth Order
26 CWE Citizenship
27 CWE Veterans Military Status
28 CWE Nationality
29 TS Patient Death Date and Time
30 ID Patient Death Indicator
31 ID Identity Unknown Indicator
32 CWE Identity Reliability Code
33 TS Last Update Date/Time
34 HD Last Update Facility
35 CWE Taxonomic Classification Code
36 CWE Breed Code
37 ST Strain
38 CWE Production Class Code
39 CWE Tribal Citizenship
40 XTN Patient Telecommunication Information

PD1 Patient Additional Demographic
1 CWE Living Dependency
2 CWE Living Arrangement
3 XON Patient Primary Facility
4 XCN Patient Primary Care Provider Name and ID No.
5 CWE Student Indicator
6 CWE Handicap
7 CWE Living Will Code
8 CWE Organ Donor Code
9 ID Separate Bill
10 CX Duplicate Patient
11 CWE Publicity Code
12 ID Protection Indicator
13 DT Protection Indicator Effective Date
14 XON Place of Worship
15 CWE Advance Directive Code
16 CWE Immunization Registry Status
17 DT Immunization Registry Status Effective Date
18 DT Publicity Code Effective Date
19 CWE Military Branch
20 CWE Military Rank/Grade
21 CWE Military Status
22 DT Advance Directive Last Verified Date

NK1 Next of Kin / Associated Parties
1 SI Set ID
2 XPN Name
3 CWE Relationship
4 XAD Address
5 XTN Phone Number
6 XTN Business Phone Number
7 CWE Contact Role
8 DT Start Date
9 DT End Date
10 ST Next of Kin / Associated Parties Job Title
11 JCC Next of Kin / Associated Parties Job Code/Class
12 CX Next of Kin / Associated Parties Employee Number
13 XON Organization Name
14 CWE Marital Status
15 CWE Administrative Sex
16 TS Date/Time of Birth
17 CWE Living Dependency
18 CWE Ambulatory Status
19 CWE Citizenship
20 CWE Primary Language
21 CWE Living Arrangement
22 CWE Publicity Code
23 ID Protection Indicator
24 CWE Student Indicator
25 CWE Religion
26 XPN Mother's Maiden Name
27 CWE Nationality
28 CWE Ethnic Group
29 CWE Contact Reason
30 XPN Contact Person's Name
31 XTN Contact Person's Telephone Number
32 XAD Contact Person's Address
33 CX Next of Kin / Associated Party's Identifiers
34 CWE Job Status
35 CWE Race
36 CWE Handicap
37 ST Contact Person Social Security Number
38 ST Next of Kin Birth Place
39 CWE VIP Indicator
40 XTN Next of Kin Telecommunication Information
41 XTN Contact Person's Telecommunication Information

PV1 Patient Visit
1 SI Set ID
2 CWE Patient Class
3 PL Assigned Patient Location
4 CWE Admission Type
5 CX Preadmit Number
6 PL Prior Patient Location
7 XCN Attending Doctor
8 XCN Referring Doctor
9 XCN Consulting Doctor
10 CWE Hospital Service
11 PL Temporary Location
12 CWE Preadmit Test Indicator
13 CWE Re-admission Indicator
14 CWE Admit Source
15 CWE Ambulatory Status
16 CWE VIP Indicator
17 XCN Admitting Doctor
18 CWE Patient Type
19 CX Visit Number
20 FC Financial Class
21 CWE Charge Price Indicator
22 CWE Courtesy Code
23 CWE Credit Rating
24 CWE Contract Code
25 DT Contract Effective Date
26 NM Contract Amount
27 NM Contract Period
28 CWE Interest Code
29 CWE Transfer to Bad Debt Code
30 DT Transfer to Bad Debt Date
31 CWE Bad Debt Agency Code
32 NM Bad Debt Transfer Amount
33 NM Bad Debt Recovery Amount
34 CWE Delete Account Indicator
35 DT Delete Account Date
36 CWE Discharge Disposition
37 DLD Discharged to Location
38 CWE Diet Type
39 CWE Servicing Facility
40 IS Bed Status
41 CWE Account Status
42 PL Pending Location
43 PL Prior Temporary Location
44 TS Admit Date/Time
45 TS Discharge Date/Time
46 NM Current Patient Balance
47 NM Total Charges
48 NM Total Adjustments
49 NM Total Payments
50 CX Alternate Visit ID
51 CWE Visit Indicator
52 XCN Other Healthcare Provider
53 ST Service Episode Description
54 CX Service Episode Identifier

PV2 Patient Visit - Additional Information
1 PL Prior Pending Location
2 CWE Accommodation Code
3 CWE Admit Reason
4 CWE Transfer Reason
5 ST Patient Valuables
6 ST Patient Valuables Location
7 CWE Visit User Code
8 TS Expected Admit Date/Time
9 TS Expected Discharge Date/Time
10 NM Estimated Length of Inpatient Stay
11 NM Actual Length of Inpatient Stay
12 ST Visit Description
13 XCN Referral Source Code
14 DT Previous Service Date
15 ID Employment Illness Related Indicator
16 CWE Purge Status Code
17 DT Purge Status Date
18 CWE Special Program Code
19 ID Retention Indicator
20 NM Expected Number of Insurance Plans
21 CWE Visit Publicity Code
22 ID Visit Protection Indicator
23 XON Clinic Organization Name
24 CWE Patient Status Code
25 CWE Visit Priority Code
26 DT Previous Treatment Date
27 CWE Expected Discharge Disposition
28 DT Signature on File Date
29 DT First Similar Illness Date
30 CWE Patient Charge Adjustment Code
31 CWE Recurring Service Code
32 ID Billing Media Code
33 TS Expected Surgery Date and Time
34 ID Military Partnership Code
35 ID Military Non-Availability Code
36 ID Newborn Baby Indicator
37 ID Baby Detained Indicator
38 CWE Mode of Arrival Code
39 CWE Recreational Drug Use Code
40 CWE Admission Level of Care Code
41 CWE Precaution Code
42 CWE Patient Condition Code
43 CWE Living Will Code
44 CWE Organ Donor Code
45 CWE Advance Directive Code
46 DT Patient Status Effective Date
47 TS Expected LOA Return Date/Time
48 TS Expected Pre-admission Testing Date/Time
49 CWE Notify Clergy Code
50 DT Advance Directive Last Verified Date

ARV Access Restriction
1 SI Set ID
2 CNE Access Restriction Action Code
3 CWE Access Restriction Value
4 CWE Access Restriction Reason
5 ST Special Access Restriction Instructions
6 DR Access Restriction Date Range

AL1 Patient Allergy Information
1 SI Set ID
2 CWE Allergen Type Code
3 CWE Allergen Code/Mnemonic/Description
4 CWE Allergy Severity Code
5 ST Allergy Reaction Code
6 DT Identification Date

IAM Patient Adverse Reaction Information
1 SI Set ID
2 CWE Allergen Type Code
3 CWE Allergen Code/Mnemonic/Description
4 CWE Allergy Severity Code
5 ST Allergy Reaction Code
6 CNE Allergy Action Code
7 EI Allergy Unique Identifier
8 ST Action Reason
9 CWE Sensitivity to Causative Agent Code
10 CWE Allergen Group Code/Mnemonic/Description
11 DT Onset Date
12 ST Onset Date Text
13 TS Reported Date/Time
14 XPN Reported By
15 CWE Relationship to Patient Code
16 CWE Alert Device Code
17 CWE Allergy Clinical Status Code
18 XCN Statused by Person
19 XON Statused by Organization
20 TS Statused at Date/Time
21 XCN Inactivated by Person
22 TS Inactivated Date/Time
23 XCN Initially Recorded by Person
24 TS Initially Recorded Date/Time
25 XCN Modified by Person
26 TS Modified Date/Time
27 CWE Clinician Identified Code
28 XON Initially Recorded by Organization
29 XON Modified by Organization
30 XON Inactivated by Organization

MRG Merge Patient Information
1 CX Prior Patient Identifier List
2 CX Prior Alternate Patient ID
3 CX Prior Patient Account Number
4 CX Prior Patient ID
5 CX Prior Visit Number
6 CX Prior Alternate Visit ID
7 XPN Prior Patient Name
"""
