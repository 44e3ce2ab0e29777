"""How long this program waits for what, and what ends the wait: once, for the window and the command line.

| wait for | limit | meanwhile | then |
|---|---|---|---|
| a connection: address, TLS, handshake | `OPEN_S` | "Connecting" | an outage, and the next try |
| a name, in the connection test | `LOOK_UP_S` | "running" | the next step, or none |
| the way, the certificate, the first answer, a byte of its file | `REACH_S` | "running" | the next step, or none |
| its report | `SMALL_REPORT_S` | "running" | the report is cancelled |
| AWS credentials, a fresh token | `CREDENTIALS_S` | "Connecting" | an outage, and the next try |
| whoever signs in, in the browser | `BROWSER_S` | "Waiting for the browser" | "Sign in needed" |
| the first word on a WebSocket | `FALLBACK_S` | "Connecting" | HTTPS is tried beside it |
| the next try of a WebSocket beside HTTPS | `UPGRADE_S` to `LAST_UPGRADE_S` | "Connected over HTTPS" | the try |
| an answer on a live connection | `ANSWER_S` | "Sending", or the last news | that is said, and it is asked again |
| news of a report | `SILENCE_S` | the last news | it is asked for |
| news of reports asked for elsewhere | `NEWS_S` | the reports so far | they are asked for |
| any word of the service, in a command | `UNHEARD_S`, `OUT_OF_REACH_S` | the outage | exit 3, and which it was |
| the next byte of a file | `TRANSFER_S` | the bytes so far | the next try, from that byte |
| a fresh link to a file | `LINK_S` | the bytes so far | the next try |
| any byte of a file | `DOWNLOAD_S`, `OUT_OF_REACH_S` | the bytes so far | the download fails |
| the local backend's start | `START_S` | "Starting the local backend" | exit 3, or the next try |
| the end of a child process | `STOP_S` | nothing | it is killed |

The window goes on trying until it is closed. Ctrl-C, SIGTERM and closing the window end every wait within `LEAVING_S`;
a second Ctrl-C does at once.
"""

OPEN_S = 32.0
"""The handshake waits for `$connect`, which API Gateway gives 29 s."""
LOOK_UP_S = 12.0
"""A resolver asks twice, and waits 5 s each time. Source: resolv.conf(5)"""
REACH_S = 10.0
"""A TCP connection tries again after 1, 3 and 7 s. Source: RFC 6298, section 2"""
SMALL_REPORT_S = 60.0
"""A worker that has to start takes some seconds, and a busy account lets it wait."""
FALLBACK_S = 5.0
UPGRADE_S, LAST_UPGRADE_S = 600.0, 3600.0
"""A network that lets no WebSocket through seldom changes its mind; another network is noticed."""
CREDENTIALS_S = 60.0
"""A program or a portal that gives credentials is given so long."""
BROWSER_S = 300.0
"""A password, a second factor, a change of password; the issuer's own pages seldom wait for longer."""
ANSWER_S = 35.0
"""API Gateway gives a route 29 s."""
SILENCE_S = 90.0
"""A report that has not ended and was not heard of for so long is watched again."""
NEWS_S = 72.0
"""How long after a list of the reports it is asked for again: others of the same analyst may have asked for more."""
UNHEARD_S = SILENCE_S + ANSWER_S + 5.0
"""A connected service that says nothing for so long, errors aside, has failed the command line."""
OUT_OF_REACH_S = 60.0
"""A service that is not connected, or never said anything, has failed the command line after so long."""
TRANSFER_S = 20.0
"""Silence within a transfer ends the attempt, and the next goes on from its last byte."""
DOWNLOAD_S = 3600.0
"""The window gives up a download after an hour without a byte; the command line after `OUT_OF_REACH_S`."""
LINK_S = 60.0
START_S = 120.0
"""The first start builds the bundles and downloads what they hold."""
STOP_S = 10.0
LEAVING_S = 2.0
