"""What is done: one function a deed, one transaction each. Command line and web both call these."""
