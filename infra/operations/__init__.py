"""What tells an operator how a stack fares: alarms, who hears them, a dashboard, a budget.

settings, functions, APIs, tables ──▶ **operations** ──▶ CloudWatch, SNS, AWS Budgets
"""
