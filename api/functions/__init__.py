"""The API in parts, a module and a Lambda handler each; `api.lambda_handler` is the whole.

A function imports what its own routes need, so the list for a viewer does not wait for the
agents' framework. Every route of `api.app` is served by exactly one of them. Importing one wires
it: Lambda's init phase is import.
"""
