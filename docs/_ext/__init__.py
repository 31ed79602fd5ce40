"""What Sphinx needs beside MyST."""
