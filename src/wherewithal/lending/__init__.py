"""Lending arithmetic: payments, schedules, Regulation Z APR; pure."""
