/* The one function of this library of Windows that Rust asks for. The wine of Debian 12 does not have the library; Windows has. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return RtlGenRandom(data, (ULONG)length); }
