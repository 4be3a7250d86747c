<?php

// For opcache.preload: with ffi.enable=preload, only preloaded code may call the C library. See README.md.

declare(strict_types=1);

foreach (['', '/Exception', '/Native'] as $folder) {
    foreach (glob(__DIR__ . "/src$folder/*.php") ?: [] as $file) {
        opcache_compile_file($file);
    }
}
