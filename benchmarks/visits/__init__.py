"""What people do on the pages, asked and timed by HTTP as their browsers ask."""
