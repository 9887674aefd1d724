curl --request GET \
  --url https://api.example.com/v1/batches/{batch_id}
