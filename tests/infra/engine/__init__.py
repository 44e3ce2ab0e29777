"""The program under the real Pulumi engine, where there is one."""
