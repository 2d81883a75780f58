# Takes the certificate into this user's store, and has Tauri's tool sign with it.
$ErrorActionPreference = 'Stop'

$file = Join-Path $env:RUNNER_TEMP 'certificate.pfx'
[IO.File]::WriteAllBytes($file, [Convert]::FromBase64String($env:WINDOWS_CERTIFICATE))
$password = ConvertTo-SecureString $env:WINDOWS_CERTIFICATE_PASSWORD -AsPlainText -Force
$taken = Import-PfxCertificate -FilePath $file -CertStoreLocation Cert:\CurrentUser\My -Password $password
Remove-Item $file
$certificate = $taken | Where-Object HasPrivateKey | Select-Object -First 1

# Tauri's tool lays this file over tauri.conf.json on Windows.
@{
    bundle = @{
        windows = @{
            certificateThumbprint = $certificate.Thumbprint
            digestAlgorithm = 'sha256'
            timestampUrl = 'http://timestamp.digicert.com'
        }
    }
} | ConvertTo-Json -Depth 4 | Set-Content src-tauri/tauri.windows.conf.json
