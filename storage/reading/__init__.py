"""What programs and people ask of the database: lists, single articles, rows for export."""
