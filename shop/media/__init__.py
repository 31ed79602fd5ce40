"""Product pictures: received, made small, served."""
