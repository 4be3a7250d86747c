/* Says that a text is longer than it is. */
#include <paysig.h>
#include <stdlib.h>

int main(void) {
    char *toml = (char *)malloc(8);
    paysig_scheme *scheme = NULL;
    if (toml == NULL) return 0;
    memcpy(toml, "id = \"x\"", 8);
    return paysig_scheme_from_toml(toml, 64, NULL, 0, &scheme, NULL) == PAYSIG_OK;
}
