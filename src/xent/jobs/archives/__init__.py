"""Files of models and calibrators: archives of data without code, sealed by a checksum, with stable bytes."""
