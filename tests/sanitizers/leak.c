/* Forgets a key ring. */
#include <paysig.h>

int main(void) {
    paysig_keyring *ring = NULL;
    paysig_status status = paysig_keyring_new(&ring, NULL);
    ring = NULL;
    return status;
}
