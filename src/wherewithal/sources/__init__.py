"""Readers of real inputs: bureau reports, loan files, catalogues and bundles."""
