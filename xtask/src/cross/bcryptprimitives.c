/* The one function that Rust's library wants of bcryptprimitives.dll, which the Wine of Debian 12 lacks, by the older
   function it stands for. Only what runs under that Wine meets it. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    return length <= MAXDWORD && RtlGenRandom(data, (ULONG)length);
}
