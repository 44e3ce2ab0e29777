#!/bin/sh
# Asks for a report, waits for it and downloads it, by curl 7.88 as Debian 12 has it, and nothing else but sed.
# REPORTWIRE_HTTPS, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: sh program.sh FILE
# curl signs a query as it is written: its parameters must be sorted and encoded, as `limit=5&state=QUEUED`.
set -eu
umask 077
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
printf 'user = "%s:%s"\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >"$scratch/keys"

ask() {
    curl --silent --show-error --fail-with-body --config "$scratch/keys" \
        --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" ${AWS_SESSION_TOKEN:+-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN"} "$@"
}

id=$(cat /proc/sys/kernel/random/uuid)
report="$REPORTWIRE_HTTPS/reports/$id"
ask -X PUT "$report" -H 'Content-Type: application/json' \
    -d '{"definition": "sample", "parameters": {"delay": 3000, "amountOfRows": 100}, "format": "csv"}' \
    --etag-save "$scratch/tag" -o "$scratch/report"
while grep -Eq '"state":"(QUEUED|RUNNING)"' "$scratch/report"; do
    # 304 leaves the file as it is.
    ask "$report?until=end" -H 'Prefer: wait=20' --etag-compare "$scratch/tag" --etag-save "$scratch/newer" -o "$scratch/news"
    if [ -s "$scratch/news" ]; then mv "$scratch/news" "$scratch/report"; mv "$scratch/newer" "$scratch/tag"; fi
done
state=$(sed 's/.*"state":"\([A-Z]*\)".*/\1/' "$scratch/report")
# In two steps: following the link, curl would send its signature along to the same host, and links refuse that.
link=$(ask "$report/file" -o /dev/null -w '%{redirect_url}')
curl --silent --show-error --fail "$link" -o "$1"
sed 's/.*"sha256":"\([0-9a-f]*\)".*/\1/; s|$|  '"$1"'|' "$scratch/report" | sha256sum --check --quiet
echo "$state $(($(wc -l <"$1") - 1))"
