"""The page that a run is written to: what it found as Markdown tables and SVG plots. Measures nothing."""
