"""The JSON views: parse the parameters, run one query, serialize a page."""

from functools import partial

from rest_framework.request import Request
from rest_framework.response import Response

from ..conf import conf
from ..queries import search, similar_products
from .base import ApiView, product_or_404
from .operations import SearchSchema, SimilarSchema
from .pagination import page, with_links
from .parameters import SimilarParameters, parse
from .search_parameters import SearchParameters, require_products
from .serializers import FoundPage, SimilarPage


class SimilarView(ApiView):
    """The products that look like one of them."""

    schema = SimilarSchema()
    throttle_name = "similar"

    def get(self, request: Request, id: str) -> Response:
        values = parse(SimilarParameters, request.query_params)
        find = partial(similar_products, product_or_404(request, id))
        found = page(request, find, values, minimum=values.get("minimum", conf.MINIMUM))
        serializer = SimilarPage(with_links(request, found), context={"request": request})
        return Response(serializer.data)


class SearchView(ApiView):
    """The products that fit words, that look like others, or both."""

    schema = SearchSchema()
    throttle_name = "search"

    def get(self, request: Request) -> Response:
        values = parse(SearchParameters, request.query_params)
        require_products(request, values)
        found = page(request, search, values)
        serializer = FoundPage(with_links(request, found), context={"request": request})
        return Response(serializer.data)
