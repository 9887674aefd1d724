import requests

API_KEY = "YOUR_API_KEY"
BASE_URL = "https://gateway.bud.studio"

all_batches = []
after = None

while True:
    params = {"limit": 100}
    if after:
        params["after"] = after

    response = requests.get(
        f"{BASE_URL}/v1/batches",
        headers={"Authorization": f"Bearer {API_KEY}"},
        params=params
    )
    result = response.json()

    all_batches.extend(result["data"])

    if not result["has_more"]:
        break

    after = result["last_id"]

print(f"Total batches: {len(all_batches)}")
