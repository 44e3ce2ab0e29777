"""XLSX, written as XML by DuckDB and zipped here.

workbook ──▶ sheet, row ──▶ cells, styles, text;  workbook ──▶ parts, zip_stream
"""
