#!/bin/sh
# Frames for a photo with curl alone: create, wait, read, try on, delete.
set -eu
photo=$1
url=${EXPERTGLASSES_URL:-http://127.0.0.1:8080}
key=${EXPERTGLASSES_KEY:-none}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

ask() { curl --silent --show-error --fail-with-body --header "Authorization: Bearer $key" "$@"; }

# One request: the photo, what is wanted, and up to a minute of patience. The key makes it safe to send again.
ask --header 'Prefer: wait=60' --header "Idempotency-Key: example-$$-$(date +%s)" \
    --form "photo=@$photo;filename=photo" --form 'options={"limit": 3, "generate": {"count": 0}}' \
    --dump-header "$folder/headers" "$url/v1/jobs" > "$folder/job.json"
job=$(sed -n 's/^[Ll]ocation: *\([^[:space:]]*\).*/\1/p' "$folder/headers")

# Still running after the wait? Follow its events until it ends: the stream closes with the job.
ask --no-buffer "$url$job/events" > "$folder/events"
ask "$url$job" > "$folder/job.json"

grep -o '"state":"[a-z]*"' "$folder/job.json" | tail -n 1
grep -o '"frame":"[^"]*"' "$folder/job.json" | cut -d '"' -f 4 | head -n 3 | while read -r frame; do
    ask --output "$folder/worn.webp" "$url$job/try-on/$frame"
    echo "$frame: worn in a picture of $(wc -c < "$folder/worn.webp" | tr -d ' ') bytes"
done

ask --request DELETE "$url$job"
echo "deleted"
