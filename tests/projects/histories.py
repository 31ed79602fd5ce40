"""How a shop's product came to be, in its migrations, and shops of each such history."""

from .shops import (
    BRAND,
    IMAGE,
    INT_KEY,
    NAME,
    PRICE,
    PRODUCT,
    UUID,
    UUID_KEY,
    Shop,
    Step,
    add,
    create,
    rename,
)

BORN_FIRST = {"0001_initial": Step(operations=[create("Product")])}
BORN_SECOND = {
    "0001_initial": Step(operations=[create("Brand", image=False)]),
    "0002_product": Step(operations=[create("Product")], after="0001_initial"),
}
PRICED = {"0003_price": Step(operations=[add("price")], after="0002_product")}
STOCKED = {"0004_stock": Step(operations=[add("stock")], after="0003_price")}
RENAMED = {
    "0001_initial": Step(operations=[create("Article")]),
    "0002_name": Step(operations=[rename("Article", "Product")], after="0001_initial"),
}
NOT_SQUASHED = BORN_FIRST | {"0002_price": Step(operations=[add("price")], after="0001_initial")}
SQUASH = "0001_squashed_0002_price"
SQUASHED = {
    SQUASH: Step(operations=[create("Product"), add("price")], replaces=list(NOT_SQUASHED))
}
STATE_ONLY = (
    f"migrations.SeparateDatabaseAndState(state_operations=[{create('Product')}], "
    "database_operations=[])"
)

SHOPS = {
    "two settings, int key": Shop(
        migrations={"0001_initial": Step(operations=[create("Product", INT_KEY)])},
        auto_field="django.db.models.AutoField",
    ),
    "product in the second migration": Shop(models=BRAND + PRODUCT, migrations=BORN_SECOND),
    "product changed later": Shop(
        models=BRAND + PRODUCT + PRICE, migrations=BORN_SECOND | PRICED, app="wardrobe"
    ),
    "uuid key": Shop(
        models="class Product(models.Model):\n" + UUID + NAME + IMAGE,
        migrations={"0001_initial": Step(operations=[create("Product", UUID_KEY)])},
    ),
    "product renamed": Shop(migrations=RENAMED, app="wardrobe"),
    "no migrations": Shop(migrations=None),
    "squashed": Shop(models=PRODUCT + PRICE, migrations=NOT_SQUASHED | SQUASHED, app="wardrobe"),
    "squashed, the others removed": Shop(models=PRODUCT + PRICE, migrations=SQUASHED),
}
