"""Reports about the whole catalogue: status, diagnostics, evaluation, duplicates, exports."""
