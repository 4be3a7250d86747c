/* A panic inside the library ends as a status in a C program. Needs a library built with the feature test-hooks. */
#include "check.h"

PAYSIG_API PAYSIG_MUST_USE paysig_status paysig_test_panic(paysig_error *err);

int main(void) {
    paysig_error error = PAYSIG_ERROR_INIT;
    paysig_scheme *scheme = NULL;
    STATUS(paysig_test_panic(&error), PAYSIG_INTERNAL);
    CHECK(error.status == 255 && error.http == 500);
    CHECK(strstr(error.message, "secret-in-a-panic") == NULL);
    CHECK(strstr(error.message, "internal") != NULL);
    STATUS(paysig_test_panic(NULL), PAYSIG_INTERNAL);
    /* And the library goes on working. */
    STATUS(paysig_scheme_builtin(PAYSIG_TEXT("github"), &scheme, &error), PAYSIG_OK);
    paysig_scheme_free(scheme);
    return report("panic");
}
