"""The API's answers: parameters in, one question to `queries`, an answer out."""

from rest_framework.request import Request
from rest_framework.response import Response

from .answers import page
from .base import ApiView, product_or_404
from .parameters import SimilarParameters, read
from .schema import SimilarSchema
from .serializers import SimilarPage


class SimilarView(ApiView):
    """The products that look like one of them."""

    schema = SimilarSchema()
    throttle_name = "similar"

    def get(self, request: Request, id: str) -> Response:
        values = read(SimilarParameters, request.query_params)
        found = page(request, product_or_404(request, id), values)
        return Response(SimilarPage(found, context={"request": request}).data)
