"""What people get: files, workbook, pages, letters and the manifest of one position (outputs.md)."""
