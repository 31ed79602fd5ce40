"""Small Django projects, written anew for each test, that take the app into their shop."""
