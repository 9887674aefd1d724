curl --request GET \
  --url https://api.openai.com/v1/batches/{batch_id} \
  --header 'Authorization: Bearer <token>'
