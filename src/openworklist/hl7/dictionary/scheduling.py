"""Segments of HL7 v2 chapters 10, 11 and 15: appointments, resources, providers, roles."""

SEGMENTS = """
SCH Scheduling Activity Information
1 EI Placer Appointment ID
2 EI Filler Appointment ID
3 NM Occurrence Number
4 EIP Placer Group Number
5 CWE Schedule ID
6 CWE Event Reason
7 CWE Appointment Reason
8 CWE Appointment Type
9 NM Appointment Duration
10 CNE Appointment Duration Units
11 TQ Appointment Timing Quantity
12 XCN Placer Contact Person
13 XTN Placer Contact Phone Number
14 XAD Placer Contact Address
15 PL Placer Contact Location
16 XCN Filler Contact Person
17 XTN Filler Contact Phone Number
18 XAD Filler Contact Address
19 PL Filler Contact Location
20 XCN Entered by Person
21 XTN Entered by Phone Number
22 PL Entered by Location
23 EI Parent Placer Appointment ID
24 EI Parent Filler Appointment ID
25 CWE Filler Status Code
26 EI Placer Order Number
27 EI Filler Order Number

RGS Resource Group
1 SI Set ID
2 ID Segment Action Code
3 CWE Resource Group ID

AIS Appointment Information - Service
1 SI Set ID
2 ID Segment Action Code
3 CWE Universal Service Identifier
4 TS Start Date/Time
5 NM Start Date/Time Offset
6 CNE Start Date/Time Offset Units
7 NM Duration
8 CNE Duration Units
9 CWE Allow Substitution Code
10 CWE Filler Status Code
11 CWE Placer Supplemental Service Information
12 CWE Filler Supplemental Service Information

AIG Appointment Information - General Resource
1 SI Set ID
2 ID Segment Action Code
3 CWE Resource ID
4 CWE Resource Type
5 CWE Resource Group
6 NM Resource Quantity
7 CNE Resource Quantity Units
8 TS Start Date/Time
9 NM Start Date/Time Offset
10 CNE Start Date/Time Offset Units
11 NM Duration
12 CNE Duration Units
13 CWE Allow Substitution Code
14 CWE Filler Status Code

AIL Appointment Information - Location Resource
1 SI Set ID
2 ID Segment Action Code
3 PL Location Resource ID
4 CWE Location Type
5 CWE Location Group
6 TS Start Date/Time
7 NM Start Date/Time Offset
8 CNE Start Date/Time Offset Units
9 NM Duration
10 CNE Duration Units
11 CWE Allow Substitution Code
12 CWE Filler Status Code

AIP Appointment Information - Personnel Resource
1 SI Set ID
2 ID Segment Action Code
3 XCN Personnel Resource ID
4 CWE Resource Type
5 CWE Resource Group
6 TS Start Date/Time
7 NM Start Date/Time Offset
8 CNE Start Date/Time Offset Units
9 NM Duration
10 CNE Duration Units
11 CWE Allow Substitution Code
12 CWE Filler Status Code

CTD Contact Data
1 CWE Contact Role
2 XPN Contact Name
3 XAD Contact Address
4 PL Contact Location
5 XTN Contact Communication Information
6 CWE Preferred Method of Contact
7 PLN Contact Identifiers

PRD Provider Data
1 CWE Provider Role
2 XPN Provider Name
3 XAD Provider Address
4 PL Provider Location
5 XTN Provider Communication Information
6 CWE Preferred Method of Contact
7 PLN Provider Identifiers
8 TS Effective Start Date of Provider Role
9 TS Effective End Date of Provider Role
10 XON Provider Organization Name and Identifier
11 XAD Provider Organization Address
12 PL Provider Organization Location Information
13 XTN Provider Organization Communication Information
14 CWE Provider Organization Method of Contact

ROL Role
1 EI Role Instance ID
2 ID Action Code
3 CWE Role
4 XCN Role Person
5 TS Role Begin Date/Time
6 TS Role End Date/Time
7 CWE Role Duration
8 CWE Role Action Reason
9 CWE Provider Type
10 CWE Organization Unit Type
11 XAD Office/Home Address/Birthplace
12 XTN Phone
13 PL Person's Location
14 XON Organization

PRT Participation Information
1 EI Participation Instance ID
2 ID Action Code
3 CWE Action Reason
4 CWE Participation
5 XCN Participation Person
6 CWE Participation Person Provider Type
7 CWE Participant Organization Unit Type
8 XON Participation Organization
9 PL Participant Location
10 EI Participation Device
11 TS Participation Begin Date/Time (Arrival Time)
12 TS Participation End Date/Time (Departure Time)
13 CWE Participation Qualitative Duration
14 XAD Participation Address
15 XTN Participant Telecommunication Address
16 EI Participant Device Identifier
17 TS Participant Device Manufacture Date
18 TS Participant Device Expiry Date
19 ST Participant Device Lot Number
20 ST Participant Device Serial Number
21 EI Participant Device Donation Identification
22 CNE Participation Device Type
"""
