"""What the token of a study opens for programs: the files as an archive, QIDO-RS and WADO-RS (PS3.18)."""
