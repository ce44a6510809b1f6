"""What holds for every test."""

from hypothesis import settings

settings.register_profile("steady", deadline=None)  # a busy machine is no fault of the code; limits are asserted
settings.load_profile("steady")
