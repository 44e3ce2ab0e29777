"""Composition roots of the functions: where the environment is read and clients are made.

environment ──▶ **wiring** ──▶ use cases on their adapters ──▶ the doors

Each function has a module here, which loads the rooms of that function and no others. A door composes what it needs as
it is imported in Lambda, in the INIT phase; elsewhere to import it does no work.
"""

import os


def is_in_lambda() -> bool:
    """Return whether this process serves a Lambda function.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ
