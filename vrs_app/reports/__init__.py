"""What people read: status, diagnostics, evaluation, duplicates, exports."""
