"""The merchant's hands: pins, hides, and who is never or too often recommended."""
