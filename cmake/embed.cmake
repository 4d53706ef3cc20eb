# Turns files into C byte arrays: cmake -DOUT=x.c -DFILES="a;b" -DBASE=dir -P embed.cmake
# Each file becomes `const char embed_NAME[]`, NUL-terminated, where NAME is its path below BASE with
# every other character than a letter or digit made `_`.
set(code "/* Made from files of the source tree by cmake/embed.cmake. */\n")
foreach(file ${FILES})
	file(RELATIVE_PATH name ${BASE} ${file})
	string(REGEX REPLACE "[^A-Za-z0-9]" "_" name ${name})
	file(READ ${file} hex HEX)
	string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
	string(APPEND code "extern const char embed_${name}[];\nconst char embed_${name}[] = {${bytes}0};\n")
endforeach()
file(WRITE ${OUT} "${code}")
