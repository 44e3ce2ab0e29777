#!/bin/sh
# Lambda calls this in place of its own runtime for Python, with the command that would start that one: the interpreter
# comes first. Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
cd "$LAMBDA_TASK_ROOT" && exec "$1" -m backend.streaming.bootstrap
