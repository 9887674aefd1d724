import requests

response = requests.get(
    "https://gateway.bud.studio/v1/batches/batch_abc123",
    headers={"Authorization": "Bearer YOUR_API_KEY"}
)
batch = response.json()

print(f"Status: {batch['status']}")
print(f"Progress: {batch['request_counts']['completed']}/{batch['request_counts']['total']}")
