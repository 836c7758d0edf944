"""What is true: pure rules. No Flask, no SQLAlchemy, no WTForms; opens no file; time, chance and keys are arguments."""
