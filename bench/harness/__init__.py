"""Starts what is measured, drives it, and writes the report."""
